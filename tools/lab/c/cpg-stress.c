/*
 * cpg-stress --group NAME --seed N [--min-length BYTES] [--max-length BYTES]
 *
 * Joins a CPG group and prints, in the order in which the library delivers:
 *   ready NODEID PID                                   the join was accepted
 *   configuration RING NODEID ...                      the ring as the daemon's log writes it: "1.2f"
 *   confchg members N:P ... left N:P:R ... joined N:P:R ...
 *   message NODEID PID COUNTER LENGTH HASH             one line a delivered message
 *   sent COUNT                                         all messages of a "send" were accepted
 * Commands on standard input: "send COUNT", "leave", "quit". End of input quits.
 * Exit status: 0 after quit, 2 for a wrong command line, 3 when the daemon failed or went away.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <corosync/cpg.h>

#include "stress-content.h"

#define CONNECT_ATTEMPTS 200
#define CONNECT_PAUSE_US 50000
#define SENDS_PER_TURN 16

static uint32_t seed;
static uint32_t min_length = 1;
static uint32_t max_length = STRESS_MAX_LENGTH;
static uint32_t next_counter;
static uint32_t last_counter;
static int sending;
static int quitting;
static struct cpg_name group;
static uint8_t *outgoing;
static uint32_t outgoing_length;

static void fail(const char *what, cs_error_t error)
{
	printf("failed %s %d\n", what, error);
	fflush(stdout);
	exit(3);
}

static void deliver(cpg_handle_t handle, const struct cpg_name *name, uint32_t nodeid, uint32_t pid,
	void *message, size_t length)
{
	(void)handle;
	(void)name;
	printf("message %u %u %u %zu %08x\n", nodeid, pid, stress_counter(message, length), length,
		stress_hash(message, length));
}

static void print_addresses(const char *title, const struct cpg_address *list, size_t count, int reasons)
{
	size_t i;

	printf(" %s", title);
	for (i = 0; i < count; i++) {
		if (reasons) {
			printf(" %u:%u:%u", list[i].nodeid, list[i].pid, list[i].reason);
		} else {
			printf(" %u:%u", list[i].nodeid, list[i].pid);
		}
	}
}

static void confchg(cpg_handle_t handle, const struct cpg_name *name, const struct cpg_address *members,
	size_t member_count, const struct cpg_address *left, size_t left_count,
	const struct cpg_address *joined, size_t joined_count)
{
	(void)handle;
	(void)name;
	printf("confchg");
	print_addresses("members", members, member_count, 0);
	print_addresses("left", left, left_count, 1);
	print_addresses("joined", joined, joined_count, 1);
	printf("\n");
	fflush(stdout);
}

static void totem_confchg(cpg_handle_t handle, struct cpg_ring_id ring, uint32_t count,
	const uint32_t *members)
{
	uint32_t i;

	(void)handle;
	printf("configuration %u.%llx", ring.nodeid, (unsigned long long)ring.seq);
	for (i = 0; i < count; i++) {
		printf(" %u", members[i]);
	}
	printf("\n");
	fflush(stdout);
}

static cpg_handle_t connect_daemon(void)
{
	cpg_model_v1_data_t model = {
		.cpg_deliver_fn = deliver,
		.cpg_confchg_fn = confchg,
		.cpg_totem_confchg_fn = totem_confchg,
		.flags = CPG_MODEL_V1_DELIVER_INITIAL_TOTEM_CONF,
	};
	cpg_handle_t handle;
	cs_error_t error = CS_ERR_LIBRARY;
	int attempt;

	for (attempt = 0; attempt < CONNECT_ATTEMPTS; attempt++) {
		error = cpg_model_initialize(&handle, CPG_MODEL_V1, (cpg_model_data_t *)&model, NULL);
		if (error == CS_OK) {
			return handle;
		}
		usleep(CONNECT_PAUSE_US);
	}
	fail("initialize", error);
	return 0;
}

static void prepare_next(void)
{
	outgoing_length = stress_length(seed, next_counter, min_length, max_length);
	stress_fill(outgoing, outgoing_length, seed, next_counter);
}

/* Sends until the turn is over or the daemon asks to wait. Returns 1 while it takes more. */
static int send_some(cpg_handle_t handle)
{
	int sends;

	for (sends = 0; sends < SENDS_PER_TURN && sending; sends++) {
		struct iovec iovec = { .iov_base = outgoing, .iov_len = outgoing_length };
		cs_error_t error = cpg_mcast_joined(handle, CPG_TYPE_AGREED, &iovec, 1);

		if (error == CS_ERR_TRY_AGAIN) {
			return 0;
		}
		if (error != CS_OK) {
			fail("mcast", error);
		}
		if (++next_counter == last_counter) {
			sending = 0;
			printf("sent %u\n", next_counter);
			fflush(stdout);
			return 0;
		}
		prepare_next();
	}
	return sending;
}

static void command(cpg_handle_t handle, const char *line)
{
	unsigned int count;
	cs_error_t error;

	if (sscanf(line, "send %u", &count) == 1 && count > 0) {
		last_counter = next_counter + count;
		prepare_next();
		sending = 1;
	} else if (strcmp(line, "leave") == 0) {
		error = cpg_leave(handle, &group);
		if (error != CS_OK) {
			fail("leave", error);
		}
	} else if (strcmp(line, "quit") == 0) {
		quitting = 1;
	} else {
		fprintf(stderr, "unknown command: %s\n", line);
		exit(2);
	}
}

/* Reads what is there and runs every whole line of it. */
static void read_commands(cpg_handle_t handle)
{
	static char buffer[4096];
	static size_t used;
	char *newline;
	ssize_t got = read(STDIN_FILENO, buffer + used, sizeof(buffer) - 1 - used);

	if (got <= 0) {
		quitting = 1;
		return;
	}
	used += (size_t)got;
	buffer[used] = '\0';
	while ((newline = strchr(buffer, '\n')) != NULL) {
		*newline = '\0';
		command(handle, buffer);
		used -= (size_t)(newline + 1 - buffer);
		memmove(buffer, newline + 1, used + 1);
	}
}

static void run(cpg_handle_t handle)
{
	struct pollfd fds[2] = { { .events = POLLIN }, { .fd = STDIN_FILENO, .events = POLLIN } };
	cs_error_t error;

	error = cpg_fd_get(handle, &fds[0].fd);
	if (error != CS_OK) {
		fail("fd_get", error);
	}
	while (!quitting) {
		int more = send_some(handle);
		int timeout_ms = more ? 0 : sending ? 1 : -1;

		if (timeout_ms != 0) {
			fflush(stdout);
		}
		if (poll(fds, 2, timeout_ms) < 0 && errno != EINTR) {
			fail("poll", CS_ERR_LIBRARY);
		}
		if (fds[0].revents) {
			error = cpg_dispatch(handle, CS_DISPATCH_ALL);
			if (error != CS_OK && error != CS_ERR_TRY_AGAIN) {
				fail("dispatch", error);
			}
		}
		if (fds[1].revents) {
			read_commands(handle);
		}
	}
}

static void parse_arguments(int argc, char **argv)
{
	int i;

	for (i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--group") == 0 && strlen(argv[i + 1]) <= CPG_MAX_NAME_LENGTH) {
			group.length = (uint32_t)strlen(argv[i + 1]);
			memcpy(group.value, argv[i + 1], group.length);
		} else if (strcmp(argv[i], "--seed") == 0) {
			seed = (uint32_t)strtoul(argv[i + 1], NULL, 10);
		} else if (strcmp(argv[i], "--min-length") == 0) {
			min_length = (uint32_t)strtoul(argv[i + 1], NULL, 10);
		} else if (strcmp(argv[i], "--max-length") == 0) {
			max_length = (uint32_t)strtoul(argv[i + 1], NULL, 10);
		} else {
			break;
		}
	}
	if (i != argc || group.length == 0 || min_length == 0 || min_length > max_length ||
	    max_length > STRESS_MAX_LENGTH) {
		fprintf(stderr,
			"usage: cpg-stress --group NAME --seed N [--min-length BYTES] [--max-length BYTES]\n");
		exit(2);
	}
}

int main(int argc, char **argv)
{
	cpg_handle_t handle;
	unsigned int nodeid;
	cs_error_t error;

	parse_arguments(argc, argv);
	outgoing = malloc(STRESS_MAX_LENGTH);
	if (outgoing == NULL) {
		return 3;
	}
	handle = connect_daemon();
	error = cpg_local_get(handle, &nodeid);
	if (error != CS_OK) {
		fail("local_get", error);
	}
	do {
		error = cpg_join(handle, &group);
	} while (error == CS_ERR_TRY_AGAIN && usleep(CONNECT_PAUSE_US) == 0);
	if (error != CS_OK) {
		fail("join", error);
	}
	printf("ready %u %u\n", nodeid, (unsigned int)getpid());
	fflush(stdout);
	run(handle);
	cpg_finalize(handle);
	fflush(stdout);
	free(outgoing);
	return 0;
}
