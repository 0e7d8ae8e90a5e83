import { Button, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { formatList, t } from '../lib/i18n';
import { answerLeave } from '../lib/unsaved';

export default function LeaveQuestion({ names }: { names: string[] }) {
	return (
		<Modal isOpen variant="small" aria-labelledby="leave-title" onClose={() => answerLeave(false)}>
			<ModalHeader title={t('leave.title')} titleIconVariant="warning" labelId="leave-title" />
			<ModalBody>{t('leave.words', { names: formatList(names) })}</ModalBody>
			<ModalFooter>
				<Button variant="danger" onClick={() => answerLeave(true)}>{t('leave.ok')}</Button>
				<Button variant="link" onClick={() => answerLeave(false)}>{t('leave.stay')}</Button>
			</ModalFooter>
		</Modal>
	);
}
