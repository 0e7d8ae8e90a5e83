// A labelled field with help below and its error in words, tied together for screen readers.
import { useState } from 'react';
import { Button, FormGroup, FormHelperText, HelperText, HelperTextItem, InputGroup, InputGroupItem, TextInput } from '@patternfly/react-core';
import EyeIcon from '@patternfly/react-icons/dist/esm/icons/eye-icon';
import EyeSlashIcon from '@patternfly/react-icons/dist/esm/icons/eye-slash-icon';
import { t } from '../lib/i18n';

interface FieldProps {
	id: string; label: string; value: string; onChange: (value: string) => void;
	type?: 'text' | 'password' | 'email' | 'number' | 'time' | 'url'; help?: string; error?: string; required?: boolean; autoComplete?: string; autoFocus?: boolean;
	inputMode?: 'numeric' | 'text' | 'email'; maxLength?: number; isDisabled?: boolean; placeholder?: string; list?: string; min?: number; max?: number;
}

export function FieldNote({ id, help, error }: { id: string; help?: string; error?: string }) {
	if (!help && !error) return null;
	return (
		<FormHelperText>
			<HelperText id={`${id}-note`}>
				{error ? <HelperTextItem variant="error">{error}</HelperTextItem> : <HelperTextItem>{help}</HelperTextItem>}
			</HelperText>
		</FormHelperText>
	);
}

export function Field({ id, label, value, onChange, type = 'text', help, error, required, ...rest }: FieldProps) {
	const [shown, setShown] = useState(false);
	const secret = type === 'password';
	const input = (
		<TextInput id={id} name={id} type={secret && shown ? 'text' : type} value={value} onChange={(_event, next) => onChange(next)}
			isRequired={required} validated={error ? 'error' : 'default'} aria-describedby={help || error ? `${id}-note` : undefined}
			spellCheck={secret ? false : undefined} {...rest} />
	);
	return (
		<FormGroup label={label} fieldId={id} isRequired={required}>
			{secret ? (
				<InputGroup>
					<InputGroupItem isFill>{input}</InputGroupItem>
					<InputGroupItem>
						<Button variant="control" aria-label={shown ? t('field.hide') : t('field.show')} onClick={() => setShown(!shown)}
							icon={shown ? <EyeSlashIcon /> : <EyeIcon />} />
					</InputGroupItem>
				</InputGroup>
			) : input}
			<FieldNote id={id} help={help} error={error} />
		</FormGroup>
	);
}
