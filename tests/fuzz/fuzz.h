/* fuzz.h - the form of a fuzz target: one function that must survive any bytes.
 *
 * A target is built twice over: by clang with -fsanitize=fuzzer it is a libFuzzer program, and with
 * driver.c it is a test of a few thousand changed copies of its corpus, the same ones each time.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
