/*
 * cpg-latency --count N --pause MS
 *
 * Sends a small message, waits until it is delivered to itself, pauses, N times over; prints one line:
 *   latency MICROSECONDS MICROSECONDS ...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <corosync/cpg.h>

#define CONNECT_ATTEMPTS 200
#define CONNECT_PAUSE_US 50000
#define MESSAGE_BYTES 64
#define MAX_COUNT 10000

static int delivered;

static double now_us(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void deliver(cpg_handle_t handle, const struct cpg_name *name, uint32_t nodeid, uint32_t pid,
	void *message, size_t length)
{
	(void)handle, (void)name, (void)nodeid, (void)message, (void)length;
	if (pid == (uint32_t)getpid()) {
		delivered++;
	}
}

static void confchg(cpg_handle_t handle, const struct cpg_name *name, const struct cpg_address *members,
	size_t member_count, const struct cpg_address *left, size_t left_count,
	const struct cpg_address *joined, size_t joined_count)
{
	(void)handle, (void)name, (void)members, (void)member_count;
	(void)left, (void)left_count, (void)joined, (void)joined_count;
}

static void check(const char *what, cs_error_t error)
{
	if (error != CS_OK) {
		fprintf(stderr, "%s: %d\n", what, error);
		exit(3);
	}
}

static cpg_handle_t connect_and_join(void)
{
	cpg_callbacks_t callbacks = { .cpg_deliver_fn = deliver, .cpg_confchg_fn = confchg };
	struct cpg_name group = { .length = 11, .value = "cpg_latency" };
	cpg_handle_t handle;
	cs_error_t error = CS_ERR_LIBRARY;
	int attempt;

	for (attempt = 0; attempt < CONNECT_ATTEMPTS && error != CS_OK; attempt++) {
		error = cpg_initialize(&handle, &callbacks);
		if (error != CS_OK) {
			usleep(CONNECT_PAUSE_US);
		}
	}
	check("cpg_initialize", error);
	while ((error = cpg_join(handle, &group)) == CS_ERR_TRY_AGAIN) {
		usleep(CONNECT_PAUSE_US);
	}
	check("cpg_join", error);
	return handle;
}

static double one_latency(cpg_handle_t handle)
{
	char message[MESSAGE_BYTES] = { 0 };
	struct iovec iovec = { .iov_base = message, .iov_len = sizeof(message) };
	int wanted = delivered + 1;
	double start = now_us();
	cs_error_t error;

	while ((error = cpg_mcast_joined(handle, CPG_TYPE_AGREED, &iovec, 1)) == CS_ERR_TRY_AGAIN) {
		usleep(1000);
	}
	check("cpg_mcast_joined", error);
	while (delivered < wanted) {
		check("cpg_dispatch", cpg_dispatch(handle, CS_DISPATCH_ONE));
	}
	return now_us() - start;
}

int main(int argc, char **argv)
{
	static double latencies[MAX_COUNT];
	cpg_handle_t handle;
	int count = 0;
	int pause_ms = 0;
	int i;

	for (i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--count") == 0) {
			count = atoi(argv[i + 1]);
		} else if (strcmp(argv[i], "--pause") == 0) {
			pause_ms = atoi(argv[i + 1]);
		} else {
			break;
		}
	}
	if (i != argc || count <= 0 || count > MAX_COUNT || pause_ms < 0) {
		fprintf(stderr, "usage: cpg-latency --count N --pause MS\n");
		return 2;
	}
	handle = connect_and_join();
	for (i = 0; i < count; i++) {
		usleep((useconds_t)pause_ms * 1000);
		latencies[i] = one_latency(handle);
	}
	printf("latency");
	for (i = 0; i < count; i++) {
		printf(" %.0f", latencies[i]);
	}
	printf("\n");
	return 0;
}
