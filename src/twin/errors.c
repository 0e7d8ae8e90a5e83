#include "twin/errors.h"

static const struct {
	int number, status;
	const char *text;
} errors[] = {
#define ERROR(number, status, text) { number, status, text },
#include "twin/errors.def"
#undef ERROR
};

#define ERROR_COUNT (sizeof(errors) / sizeof(*errors))

int errors_status(int number)
{
	for (size_t i = 0; i < ERROR_COUNT; i++) {
		if (errors[i].number == number)
			return errors[i].status;
	}
	return 400;
}

const char *errors_text(int number)
{
	for (size_t i = 0; i < ERROR_COUNT; i++) {
		if (errors[i].number == number)
			return errors[i].text;
	}
	return "Unknown error.";
}

int errors_at(size_t index)
{
	return index < ERROR_COUNT ? errors[index].number : 0;
}
