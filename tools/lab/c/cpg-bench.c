/*
 * cpg-bench --size BYTES --seconds S [--warmup S]
 *
 * The pattern of cpgbench: one thread spins on cpg_mcast_joined, another blocks in cpg_dispatch and
 * counts its own deliveries. Counts over the given seconds after the warm-up and prints one line:
 *   result SIZE MESSAGES SECONDS
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <corosync/cpg.h>

#define CONNECT_ATTEMPTS 200
#define CONNECT_PAUSE_US 50000
#define MAX_SIZE 1000000u

static uint32_t size;
static double seconds;
static double warmup = 0.3;
static atomic_ullong delivered;
static cpg_handle_t handle;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void deliver(cpg_handle_t from, const struct cpg_name *name, uint32_t nodeid, uint32_t pid,
	void *message, size_t length)
{
	(void)from;
	(void)name;
	(void)nodeid;
	(void)message;
	if (pid == (uint32_t)getpid() && length == size) {
		atomic_fetch_add_explicit(&delivered, 1, memory_order_relaxed);
	}
}

static void confchg(cpg_handle_t from, const struct cpg_name *name, const struct cpg_address *members,
	size_t member_count, const struct cpg_address *left, size_t left_count,
	const struct cpg_address *joined, size_t joined_count)
{
	(void)from, (void)name, (void)members, (void)member_count;
	(void)left, (void)left_count, (void)joined, (void)joined_count;
}

static void fail(const char *what, cs_error_t error)
{
	fprintf(stderr, "%s: %d\n", what, error);
	exit(3);
}

static void *sender(void *unused)
{
	char *message = calloc(1, size);
	struct iovec iovec = { .iov_base = message, .iov_len = size };

	(void)unused;
	if (message == NULL) {
		fail("calloc", CS_ERR_NO_MEMORY);
	}
	for (;;) {
		cs_error_t error = cpg_mcast_joined(handle, CPG_TYPE_AGREED, &iovec, 1);

		if (error != CS_OK && error != CS_ERR_TRY_AGAIN) {
			fail("cpg_mcast_joined", error);
		}
	}
	return NULL;
}

static void *dispatcher(void *unused)
{
	(void)unused;
	fail("cpg_dispatch", cpg_dispatch(handle, CS_DISPATCH_BLOCKING));
	return NULL;
}

static void pause_for(double duration)
{
	struct timespec time = { .tv_sec = (time_t)duration };

	time.tv_nsec = (long)((duration - (double)time.tv_sec) * 1e9);
	nanosleep(&time, NULL);
}

static void connect_and_join(void)
{
	cpg_callbacks_t callbacks = { .cpg_deliver_fn = deliver, .cpg_confchg_fn = confchg };
	struct cpg_name group = { .length = 9, .value = "cpg_bench" };
	cs_error_t error = CS_ERR_LIBRARY;
	int attempt;

	for (attempt = 0; attempt < CONNECT_ATTEMPTS; attempt++) {
		error = cpg_initialize(&handle, &callbacks);
		if (error == CS_OK) {
			break;
		}
		usleep(CONNECT_PAUSE_US);
	}
	while (error == CS_OK || error == CS_ERR_TRY_AGAIN) {
		error = cpg_join(handle, &group);
		if (error == CS_OK) {
			return;
		}
		usleep(CONNECT_PAUSE_US);
	}
	fail("cpg_join", error);
}

int main(int argc, char **argv)
{
	pthread_t threads[2];
	unsigned long long before;
	unsigned long long after;
	double start;
	double end;
	int i;

	for (i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--size") == 0) {
			size = (uint32_t)strtoul(argv[i + 1], NULL, 10);
		} else if (strcmp(argv[i], "--seconds") == 0) {
			seconds = strtod(argv[i + 1], NULL);
		} else if (strcmp(argv[i], "--warmup") == 0) {
			warmup = strtod(argv[i + 1], NULL);
		} else {
			break;
		}
	}
	if (i != argc || size == 0 || size > MAX_SIZE || seconds <= 0 || warmup < 0) {
		fprintf(stderr, "usage: cpg-bench --size BYTES --seconds S [--warmup S]\n");
		return 2;
	}
	connect_and_join();
	if (pthread_create(&threads[0], NULL, dispatcher, NULL) != 0 ||
	    pthread_create(&threads[1], NULL, sender, NULL) != 0) {
		return 3;
	}
	pause_for(warmup);
	before = atomic_load(&delivered);
	start = now();
	pause_for(seconds);
	after = atomic_load(&delivered);
	end = now();
	printf("result %u %llu %.6f\n", size, after - before, end - start);
	fflush(stdout);
	/* The daemon notices the end of the process; there is nothing to wait for. */
	_exit(0);
}
