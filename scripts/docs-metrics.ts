// Prints docs/metrics.md from the metrics themselves; with `--check` it only compares.
import {createMetrics} from '#observe/metrics.ts';
import {madeBy, markdownTable, publish} from './page.ts';

type Described = {name: string; help: string; labelNames: string[]; type?: string};

const {registry} = createMetrics();
const rows = registry.getMetricsAsArray().map(metric => {
	const {name, help, labelNames, type} = metric as unknown as Described;
	const labels = labelNames.map(label => `\`${label}\``).join(', ');
	return [`\`${name}\``, type ?? metric.constructor.name.toLowerCase(), labels, help];
});

publish(
	'docs/metrics.md',
	`# Metrics

${madeBy('docs-metrics.ts', 'src/observe/metrics.ts')}

\`GET /metrics\` of a server, in the Prometheus text format. Times are in seconds. Labels are bounded: names of
functions, states and codes, never ids or times.

${markdownTable(['name', 'type', 'labels', 'what it counts'], rows)}
`,
);
