// Application: the apps and books that a location owns, how many licences are left, and who holds them.
import { useState, type FormEvent } from 'react';
import { Button, Form, FormSelect, FormSelectOption, Label, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, body } from '../lib/api';
import { useQueryState } from '../lib/address';
import { formatNumber, t } from '../lib/i18n';
import { useLocations } from '../lib/queries';
import type { components } from '../lib/schema';
import { useMay } from '../lib/session';
import { ActButton } from '../parts/act_button';
import { Copy } from '../parts/copy';
import { Field } from '../parts/field';
import { assetType, ComesBack, Holders } from '../parts/licences';
import { Page } from '../parts/page';
import { usePageOf } from '../parts/pager';
import { Rows, type Column, type More } from '../parts/rows';
import { Empty, Loading, Trouble } from '../parts/states';
import { useSays } from '../parts/toasts';
import { UseBar, useColor } from '../parts/use_bar';

type Asset = components['schemas']['Asset'];

const number = (value: number | null) => (value === null ? '–' : formatNumber(value));
const nameOf = (asset: Asset) => asset.name ?? t('asset.number', { id: asset.adam_id });

function Use({ asset }: { asset: Asset }) {
	if (asset.total === null || asset.available === null) return <span className="pomona-muted">{t('asset.unlimited')}</span>;
	const used = asset.total - asset.available;
	const color = useColor(used, asset.total);
	const left = asset.available === 0 ? t('asset.none_left') : t('asset.left', { count: asset.available });
	return (
		<>
			{color === 'blue' ? left : <Label isCompact color={color} variant="outline">{left}</Label>}
			<UseBar used={used} total={asset.total} label={nameOf(asset)} />
		</>
	);
}

function columns(): Column<Asset>[] {
	return [
		{ key: 'name', title: t('asset.name'), width: 30, cell: (asset) => <>{nameOf(asset)}<div className="pomona-muted pomona-small"><span className="pomona-mono">{asset.adam_id}</span>{asset.pricing_param !== 'STDQ' && <> · {asset.pricing_param}</>}</div></> },
		{ key: 'type', title: t('asset.type'), width: 10, cell: (asset) => assetType(asset.product_type) },
		{ key: 'total', title: t('asset.total'), className: 'pomona-number', cell: (asset) => number(asset.total) },
		{ key: 'assigned', title: t('asset.assigned'), className: 'pomona-number', cell: (asset) => number(asset.assigned) },
		{ key: 'use', title: t('asset.available'), width: 20, cell: (asset) => <Use asset={asset} /> },
		{ key: 'back', title: t('asset.back'), width: 10, cell: (asset) => <ComesBack yes={asset.is_revocable} /> },
	];
}

function Rename({ asset, onClose }: { asset: Asset; onClose: () => void }) {
	const client = useQueryClient();
	const { toast } = useSays();
	const [name, setName] = useState(asset.name ?? '');
	const save = useMutation({
		mutationFn: () => api.PUT('/api/v1/assets/{adam_id}', { params: { path: { adam_id: asset.adam_id } }, body: { name: name.trim() || null } }),
		onSuccess: () => {
			toast(t('toast.saved'));
			for (const key of ['assets', 'assignments']) void client.invalidateQueries({ queryKey: [key] });
			onClose();
		},
	});
	const submit = (event: FormEvent) => {
		event.preventDefault();
		save.mutate();
	};
	return (
		<Modal isOpen variant="small" onClose={onClose} aria-labelledby="rename-title" elementToFocus="#asset-name">
			<ModalHeader title={t('asset.rename_title', { name: nameOf(asset) })} labelId="rename-title" />
			<ModalBody>
				<Form id="rename-form" onSubmit={submit} noValidate>
					<Field id="asset-name" label={t('asset.name')} value={name} onChange={setName} maxLength={200} autoComplete="off" help={t('asset.rename_help')} />
					{save.error && <Trouble error={save.error} />}
				</Form>
			</ModalBody>
			<ModalFooter>
				<ActButton type="submit" form="rename-form" isLoading={save.isPending} isDisabled={save.isPending}>{t('dialog.save')}</ActButton>
				<Button variant="link" onClick={onClose}>{t('dialog.cancel')}</Button>
			</ModalFooter>
		</Modal>
	);
}

export default function Applications() {
	const [query, change] = useQueryState();
	const [renaming, setRenaming] = useState<Asset | null>(null);
	const may = useMay('operator');
	const locations = useLocations();
	const items = locations.data?.items ?? [];
	const now = items.find((one) => String(one.id) === query.location) ?? items[0];
	const { limit, after } = usePageOf(query);
	const list = useQuery({
		queryKey: ['assets', now?.id, limit, after],
		queryFn: ({ signal }) => body(api.GET('/api/v1/locations/{id}/assets', { params: { path: { id: now?.id ?? 0 }, query: { limit, after, count: 1 } }, signal })),
		placeholderData: keepPreviousData, enabled: now !== undefined,
	});
	const more: More<Asset> = {
		name: nameOf,
		show: (asset) => now && (
			<div className="pomona-stack">
				<div className="pomona-row">
					<Copy text={asset.adam_id} what={t('asset.id')} mono />
					{may && <Button variant="link" isInline onClick={() => setRenaming(asset)}>{t('asset.rename')}</Button>}
				</div>
				{!asset.is_revocable && <p>{t('asset.back_no')}</p>}
				<Holders location={now.id} adamId={asset.adam_id} pricing={asset.pricing_param} />
			</div>
		),
	};
	return (
		<Page title={t('nav.application')} intro={t('asset.intro')} actions={items.length > 1 && (
			<FormSelect className="pomona-auto" aria-label={t('people.location')} value={now?.id} onChange={(_event, id) => change({ location: id, after: undefined, page: undefined })}>
				{items.map((one) => <FormSelectOption key={one.id} value={one.id} label={one.name} />)}
			</FormSelect>
		)}>
			{locations.error && <Trouble error={locations.error} again={() => void locations.refetch()} />}
			{locations.isPending && <Loading label={t('state.loading')} />}
			{locations.data && !now && <Empty title={t('connect.first')} actions={<Link to="/setting/ios/vpp">{t('nav.vpp')}</Link>}>{t('asset.connect_words')}</Empty>}
			{now && <Rows label={t('nav.application')} columns={columns()} list={list} rowKey={(asset) => `${asset.adam_id} ${asset.pricing_param}`} query={query} change={change} more={more}
				empty={<Empty title={t('asset.none')} actions={<Link to="/setting/ios/vpp">{t('nav.vpp')}</Link>}>{t('asset.none_words')}</Empty>} />}
			{renaming && <Rename asset={renaming} onClose={() => setRenaming(null)} />}
		</Page>
	);
}
