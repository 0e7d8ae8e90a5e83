// The choice of the language: a group of the user's menu, and a list on the pages before sign-in.
import { DropdownGroup, DropdownItem, DropdownList, FormSelect, FormSelectOption } from '@patternfly/react-core';
import { t } from '../lib/i18n';
import { isLanguage, language, LANGUAGES, setLanguage, type Language } from '../lib/language';

const all = Object.entries(LANGUAGES) as [Language, string][];

export function LanguageGroup({ onChoose }: { onChoose: (language: Language) => void }) {
	return (
		<DropdownGroup label={t('menu.language')}>
			<DropdownList>
				{all.map(([one, name]) => <DropdownItem key={one} lang={one} isSelected={language() === one} onClick={() => onChoose(one)}>{name}</DropdownItem>)}
			</DropdownList>
		</DropdownGroup>
	);
}

export function LanguageSelect() {
	return (
		<FormSelect className="pomona-auto" aria-label={t('menu.language')} value={language()}
			onChange={(_event, value) => { if (isLanguage(value)) void setLanguage(value); }}>
			{all.map(([one, name]) => <FormSelectOption key={one} lang={one} value={one} label={name} />)}
		</FormSelect>
	);
}
