/*
 * Lengths, bytes and hashes of the messages of cpg-stress, all derived from a seed, so that every
 * receiver can tell what should have arrived. src/stress-content.ts computes the same in TypeScript.
 */
#ifndef STRESS_CONTENT_H
#define STRESS_CONTENT_H

#include <stddef.h>
#include <stdint.h>

#define STRESS_MAX_LENGTH 900000u

static inline uint32_t stress_mix(uint32_t h)
{
	h ^= h >> 16;
	h *= 0x85ebca6bu;
	h ^= h >> 13;
	h *= 0xc2b2ae35u;
	h ^= h >> 16;
	return h;
}

static inline uint32_t stress_between(uint32_t random, uint32_t low, uint32_t high)
{
	return low + random % (high - low + 1);
}

/*
 * Mostly small messages, some of many packets: a mean near 6.8 kB, so 20000 messages are about
 * 140 MB. Messages 0 and 1 of every sender are the two extremes.
 */
static inline uint32_t stress_length(uint32_t seed, uint32_t counter, uint32_t min_length, uint32_t max_length)
{
	uint32_t draw = stress_mix(seed ^ (counter * 0x9e3779b1u));
	uint32_t random = stress_mix(draw + 1);
	uint32_t permille = draw % 1000;
	uint32_t length;

	if (counter == 0) {
		length = 1;
	} else if (counter == 1) {
		length = STRESS_MAX_LENGTH;
	} else if (permille < 500) {
		length = stress_between(random, 1, 64);
	} else if (permille < 750) {
		length = stress_between(random, 65, 1400);
	} else if (permille < 900) {
		length = stress_between(random, 1401, 8192);
	} else if (permille < 995) {
		length = stress_between(random, 8193, 65536);
	} else {
		length = stress_between(random, 65537, STRESS_MAX_LENGTH);
	}
	if (length < min_length) {
		return min_length;
	}
	return length > max_length ? max_length : length;
}

/* The counter in the first four bytes (little-endian, cut to the length), then xorshift32 words. */
static inline void stress_fill(uint8_t *bytes, uint32_t length, uint32_t seed, uint32_t counter)
{
	uint32_t state = stress_mix(seed + counter) | 1;
	uint32_t word = counter;
	uint32_t i;

	for (i = 0; i < length; i++) {
		if (i % 4 == 0 && i > 0) {
			state ^= state << 13;
			state ^= state >> 17;
			state ^= state << 5;
			word = state;
		}
		bytes[i] = (uint8_t)(word >> (8 * (i % 4)));
	}
}

static inline uint32_t stress_counter(const uint8_t *bytes, size_t length)
{
	uint32_t counter = 0;
	size_t i;

	for (i = 0; i < 4 && i < length; i++) {
		counter |= (uint32_t)bytes[i] << (8 * i);
	}
	return counter;
}

/* FNV-1a, 32 bits. */
static inline uint32_t stress_hash(const uint8_t *bytes, size_t length)
{
	uint32_t hash = 0x811c9dc5u;
	size_t i;

	for (i = 0; i < length; i++) {
		hash = (hash ^ bytes[i]) * 0x01000193u;
	}
	return hash;
}

#endif
