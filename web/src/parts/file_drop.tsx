// A file by drag and drop or by the picker; both ways do the same.
import { useId, useRef, useState, type DragEvent } from 'react';
import UploadIcon from '@patternfly/react-icons/dist/esm/icons/upload-icon';
import { useConnection } from '../lib/connection';
import { t } from '../lib/i18n';
import { ActButton } from './act_button';

export function FileDrop({ accept, words, button, busy, onFile }: { accept: string; words: string; button: string; busy: boolean; onFile: (file: File) => void }) {
	const id = useId();
	const input = useRef<HTMLInputElement>(null);
	const { reachable } = useConnection();
	const [over, setOver] = useState(false);
	const drop = (event: DragEvent) => {
		event.preventDefault();
		setOver(false);
		const file = event.dataTransfer.files[0];
		if (file && !busy && reachable) onFile(file);
	};
	return (
		<div className="pomona-drop" data-over={over || undefined} onDrop={drop} onDragLeave={() => setOver(false)}
			onDragOver={(event) => { event.preventDefault(); setOver(true); }}>
			<span id={`${id}-words`}>{words}</span>
			<ActButton variant="secondary" icon={<UploadIcon />} isLoading={busy} isDisabled={busy} aria-describedby={`${id}-words`} onClick={() => input.current?.click()}>{button}</ActButton>
			<input ref={input} type="file" accept={accept} className="pomona-hidden-file" tabIndex={-1} aria-label={t('file.input', { what: button })}
				onChange={(event) => {
					const file = event.target.files?.[0];
					event.target.value = ''; // so that the same file can be chosen again
					if (file) onFile(file);
				}} />
		</div>
	);
}
