/** Hands a text to the browser as a file. */
export function saveFile(name: string, type: string, text: string) {
	const link = document.createElement('a');
	link.href = URL.createObjectURL(new Blob([text], { type }));
	link.download = name.replaceAll(/[\\/:*?"<>|]/g, '_');
	link.click();
	URL.revokeObjectURL(link.href);
}
