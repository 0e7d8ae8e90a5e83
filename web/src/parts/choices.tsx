import { FormGroup, Radio } from '@patternfly/react-core';

/** A group of radio buttons with a help text each. */
export function Choices<T extends string>({ name, label, value, onChange, choices, isDisabled }: {
	name: string; label: string; value: T; onChange: (value: T) => void; isDisabled?: boolean; choices: { value: T; label: string; help?: string }[];
}) {
	return (
		<FormGroup role="radiogroup" fieldId={name} label={label} isStack>
			{choices.map((one) => (
				<Radio key={one.value} id={`${name}-${one.value}`} name={name} label={one.label} description={one.help} isDisabled={isDisabled}
					isChecked={value === one.value} onChange={() => onChange(one.value)} />
			))}
		</FormGroup>
	);
}
