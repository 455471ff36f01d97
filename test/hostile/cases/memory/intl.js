// keeps formatters, whose memory is nobody's heap
// ends: MEMORY_LIMIT
// executor: any
export default () => {
	const kept = [];
	for (;;) kept.push(new Intl.DateTimeFormat('en', {dateStyle: 'full', timeStyle: 'full'}).format(0), new Intl.Collator('de'), new Intl.Segmenter('ja').segment('x'));
};
