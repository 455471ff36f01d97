// Charts of lines as SVG, side by side: axes, points with their spread, a legend. No more than the benches need.

export type Point = {readonly x: number; readonly y: number; readonly least: number; readonly most: number};
export type Line = {readonly name: string; readonly points: readonly Point[]};
export type Chart = {
	readonly title: string;
	readonly x: string;
	readonly y: string;
	readonly lines: readonly Line[];
};

const wide = 480;
const high = 360;
const margin = {left: 70, right: 20, top: 40, bottom: 50};
const inner = {wide: wide - margin.left - margin.right, high: high - margin.top - margin.bottom};
/** To be told apart without seeing colours as most do (Okabe and Ito). */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
const ticks = 5;

/** One SVG document with the charts in a row. @param title for those who hear it */
export function plot(title: string, charts: readonly Chart[]): string {
	const drawn = charts.map((chart, at) => `<g transform="translate(${at * wide} 0)">\n${draw(chart)}\n</g>`);
	const size = `width="${charts.length * wide}" height="${high}"`;
	return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="12">
<title>${plain(title)}</title>
<rect ${size} fill="#fff"/>
${drawn.join('\n')}
</svg>
`;
}

function draw({title, x, y, lines}: Chart): string {
	const points = lines.flatMap(line => line.points);
	// Every x has the same room, whatever its number: 1, 2, 4 and 8 are steps of equal interest.
	const columns = [...new Set(points.map(point => point.x))].toSorted((a, b) => a - b);
	const top = roundUp(Math.max(...points.map(({most}) => most)));
	const across = (value: number) =>
		margin.left + (inner.wide * (columns.indexOf(value) + 0.5)) / Math.max(1, columns.length);
	const up = (value: number) => margin.top + inner.high * (1 - value / top);
	const [left, right, floor] = [margin.left, wide - margin.right, high - margin.bottom];
	const levels = Array.from({length: ticks + 1}, (_, at) => (top * at) / ticks);
	return [
		text(title, (left + right) / 2, 20, 'middle', 'font-weight="bold"'),
		...levels.flatMap(level => [
			`<path d="M${left} ${fixed(up(level))}H${right}" stroke="${level === 0 ? '#000' : '#ddd'}"/>`,
			text(shown(level), left - 6, up(level) + 4, 'end'),
		]),
		`<path d="M${left} ${margin.top}V${floor}" stroke="#000"/>`,
		...columns.map(column => text(`${column}`, across(column), floor + 18, 'middle')),
		text(x, (left + right) / 2, high - 12, 'middle'),
		text(y, 0, 0, 'middle', `transform="translate(16 ${(margin.top + floor) / 2}) rotate(-90)"`),
		...lines.map((line, at) => drawLine(line, colours[at % colours.length] ?? '#000', across, up)),
		...lines.map(({name}, at) => legend(name, colours[at % colours.length] ?? '#000', at)),
	].join('\n');
}

type Scale = (value: number) => number;

function drawLine({points}: Line, colour: string, across: Scale, up: Scale): string {
	const path = points.map(({x, y}, at) => `${at === 0 ? 'M' : 'L'}${fixed(across(x))} ${fixed(up(y))}`);
	const spread = points.map(
		({x, least, most}) => `M${fixed(across(x))} ${fixed(up(least))}V${fixed(up(most))}`,
	);
	const dots = points.map(
		({x, y}) => `<circle cx="${fixed(across(x))}" cy="${fixed(up(y))}" r="3.5" fill="${colour}"/>`,
	);
	return [
		`<path d="${path.join('')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
		`<path d="${spread.join('')}" stroke="${colour}" stroke-width="1.2"/>`,
		...dots,
	].join('');
}

function legend(name: string, colour: string, at: number): string {
	const [x, y] = [margin.left + 12, margin.top + 10 + at * 18];
	return `<path d="M${x} ${y}h22" stroke="${colour}" stroke-width="2"/>${text(name, x + 28, y + 4, 'start')}`;
}

function text(words: string, x: number, y: number, anchor: string, more = ''): string {
	const attributes = [`x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}"`, more].join(' ').trim();
	return `<text ${attributes}>${plain(words)}</text>`;
}

const plain = (words: string): string => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The least of 1, 2, 2.5, 5 and 10 times a power of ten that is not below; 1 where there is nothing. */
function roundUp(value: number): number {
	if (!(value > 0)) return 1;
	const power = 10 ** Math.floor(Math.log10(value));
	return power * ([1, 2, 2.5, 5].find(step => step * power >= value) ?? 10);
}

const fixed = (value: number): string => `${Math.round(value * 10) / 10}`;

const shown = (value: number): string =>
	value < 10 ? `${Math.round(value * 100) / 100}` : `${Math.round(value)}`;
