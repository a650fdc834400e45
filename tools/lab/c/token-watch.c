/*
 * token-watch --interface NAME --address ADDRESS
 *
 * Prints one line for every ORF token that goes out of an interface to an address, a retransmitted one
 * included, with the kernel's time and the token's own sequence number:
 *   ready
 *   token SECONDS.MICROSECONDS TOKEN_SEQ
 * Runs until its standard input ends. The packets must not be encrypted. Exit status 2 for a wrong command
 * line, 3 when the system refuses.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define TOTEM_PORT 5405
/* Ethernet and IPv4 without options, then UDP. */
#define PROTOCOL_AT 23
#define DESTINATION_AT 30
#define PORT_AT 36
#define TOTEM_AT 42
#define TYPE_AT (TOTEM_AT + 3)
#define TOKEN_SEQ_AT (TOTEM_AT + 17)
#define TOKEN_BYTES (TOTEM_AT + 57)
#define BUFFER_BYTES (64 * 1024 * 1024)

static void fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(3);
}

/* The kernel hands over tokens only, so that a busy ring does not fill the socket with messages. */
static void filter_tokens(int fd, uint32_t address)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, PROTOCOL_AT),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 7),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, DESTINATION_AT),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, address, 0, 5),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, PORT_AT),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TOTEM_PORT, 0, 3),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, TYPE_AT),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, TOKEN_BYTES),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0) {
		fail("filter");
	}
}

static int open_socket(const char *interface, uint32_t address)
{
	struct sockaddr_ll where = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	int bytes = BUFFER_BYTES;
	int on = 1;
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0) {
		fail("socket");
	}
	filter_tokens(fd, address);
	if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0) {
		fail("setsockopt");
	}
	where.sll_ifindex = (int)if_nametoindex(interface);
	if (where.sll_ifindex == 0 || bind(fd, (struct sockaddr *)&where, sizeof(where)) < 0) {
		fail(interface);
	}
	return fd;
}

static void print_token(int fd)
{
	uint8_t packet[TOKEN_BYTES];
	char control[CMSG_SPACE(sizeof(struct timespec))];
	struct sockaddr_ll from;
	struct iovec iovec = { .iov_base = packet, .iov_len = sizeof(packet) };
	struct msghdr message = {
		.msg_name = &from, .msg_namelen = sizeof(from),
		.msg_iov = &iovec, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *header;
	struct timespec time = { 0 };
	uint32_t token_seq;

	if (recvmsg(fd, &message, 0) < (ssize_t)sizeof(packet) || from.sll_pkttype != PACKET_OUTGOING) {
		return;
	}
	for (header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
		if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_TIMESTAMPNS) {
			memcpy(&time, CMSG_DATA(header), sizeof(time));
		}
	}
	memcpy(&token_seq, packet + TOKEN_SEQ_AT, sizeof(token_seq));
	printf("token %lld.%06ld %u\n", (long long)time.tv_sec, time.tv_nsec / 1000, token_seq);
}

int main(int argc, char **argv)
{
	struct pollfd fds[2] = { { .events = POLLIN }, { .fd = STDIN_FILENO, .events = POLLIN } };
	const char *interface = NULL;
	struct in_addr address = { 0 };
	int i;

	for (i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--interface") == 0) {
			interface = argv[i + 1];
		} else if (strcmp(argv[i], "--address") != 0 || inet_pton(AF_INET, argv[i + 1], &address) != 1) {
			break;
		}
	}
	if (i != argc || interface == NULL || address.s_addr == 0) {
		fprintf(stderr, "usage: token-watch --interface NAME --address ADDRESS\n");
		return 2;
	}
	fds[0].fd = open_socket(interface, ntohl(address.s_addr));
	printf("ready\n");
	fflush(stdout);
	while (!fds[1].revents) {
		if (poll(fds, 2, 100) < 0 && errno != EINTR) {
			fail("poll");
		}
		if (fds[0].revents) {
			print_token(fds[0].fd);
		} else {
			fflush(stdout);
		}
	}
	fflush(stdout);
	return 0;
}
