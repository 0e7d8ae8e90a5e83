/* pomona - server and command line. */
#include <stdio.h>

int main(void)
{
	puts("pomona " POMONA_VERSION);
	return 0;
}
