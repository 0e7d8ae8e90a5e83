// A button that changes something at the server. While that cannot be reached it keeps its place and the focus, says why, and does nothing.
import { Button, Tooltip, type ButtonProps } from '@patternfly/react-core';
import { useConnection } from '../lib/connection';
import { t } from '../lib/i18n';
import { useSays } from './toasts';

/** Inside the dialog or the page, not beside them: what explains a button belongs to its landmark. */
const nearby = () => document.querySelector<HTMLElement>('.pf-v6-c-modal-box') ?? document.getElementById('main') ?? document.body;

export function ActButton({ onClick, isDisabled, type, ...rest }: ButtonProps) {
	const { announce } = useSays();
	const { reachable } = useConnection();
	const reason = reachable ? undefined : t('frame.no_writes');
	// One form in both cases: the button that has the focus stays the same.
	return (
		<Tooltip content={reason ?? ''} aria="none" appendTo={nearby} {...(reason ? {} : { trigger: 'manual', isVisible: false })}>
			<Button {...rest} type={reason ? 'button' : type} isDisabled={reason ? false : isDisabled} isAriaDisabled={Boolean(reason)} inoperableEvents={[]} aria-description={reason}
				onClick={reason ? () => announce(reason) : onClick} />
		</Tooltip>
	);
}
