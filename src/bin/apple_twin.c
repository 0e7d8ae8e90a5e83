/* apple-twin - the simulator of Apple's service. */
#include <stdio.h>

int main(void)
{
	puts("apple-twin " POMONA_VERSION);
	return 0;
}
