// Metrics that every task moves, by its function. prom-client makes a name of all labels at each call, which cost a
// task more than its transitions did; here each function has its own numbers, and prom-client is told of them when
// somebody looks.
import {Counter, type Metric, type MetricValueWithName, type Registry} from 'prom-client';

/** Counts by function and one more label. */
export class FunctionCounter {
	readonly #counts = new Map<string, Map<string, number>>();
	readonly #counter: Counter;

	constructor(registry: Registry, name: string, help: string, label: string) {
		const tell = () => this.#tell(label);
		const labelNames = ['function', label];
		this.#counter = new Counter({name, help, labelNames, registers: [registry], collect: tell});
	}

	inc(fn: string, value: string): void {
		const values = this.#counts.get(fn) ?? new Map<string, number>();
		if (values.size === 0) this.#counts.set(fn, values);
		values.set(value, (values.get(value) ?? 0) + 1);
	}

	get(): ReturnType<Counter['get']> {
		return this.#counter.get();
	}

	#tell(label: string): void {
		for (const [fn, values] of this.#counts)
			for (const [value, count] of values) this.#counter.inc({function: fn, [label]: value}, count);
		this.#counts.clear();
	}
}

type Numbers = {readonly buckets: Float64Array; sum: number; count: number};
type Value = MetricValueWithName<string>;

/** How often a function's numbers fell into each bucket; to prom-client a metric like any other. */
export class FunctionHistogram {
	readonly name: string;
	readonly help: string;
	readonly type = 'histogram';
	readonly aggregator = 'sum';
	readonly labelNames = ['function'];
	readonly #bounds: readonly number[];
	readonly #all = new Map<string, Numbers>();

	/** @param bounds of the buckets, ascending; one more is for what is above them all */
	constructor(registry: Registry, name: string, help: string, bounds: readonly number[]) {
		this.name = name;
		this.help = help;
		this.#bounds = bounds;
		registry.registerMetric(this as unknown as Metric);
	}

	observe(fn: string, value: number): void {
		const numbers = this.#all.get(fn) ?? this.#begin(fn);
		const bounds = this.#bounds;
		let at = 0;
		while (at < bounds.length && value > (bounds[at] ?? 0)) at++;
		numbers.buckets[at] = (numbers.buckets[at] ?? 0) + 1;
		numbers.sum += value;
		numbers.count += 1;
	}

	async get() {
		const {name, help, type, aggregator} = this;
		const values = [...this.#all].flatMap(([fn, numbers]) => this.#valuesOf(fn, numbers));
		return {name, help, type, aggregator, values};
	}

	reset(): void {
		this.#all.clear();
	}

	#begin(fn: string): Numbers {
		const numbers = {buckets: new Float64Array(this.#bounds.length + 1), sum: 0, count: 0};
		this.#all.set(fn, numbers);
		return numbers;
	}

	#valuesOf(fn: string, {buckets, sum, count}: Numbers): Value[] {
		const [bucket, labels] = [`${this.name}_bucket`, {function: fn}];
		let below = 0;
		const cumulated = this.#bounds.map((le, at): Value => {
			below += buckets[at] ?? 0;
			return {metricName: bucket, labels: {le, ...labels}, value: below};
		});
		return [
			...cumulated,
			{metricName: bucket, labels: {le: '+Inf', ...labels}, value: count},
			{metricName: `${this.name}_sum`, labels, value: sum},
			{metricName: `${this.name}_count`, labels, value: count},
		];
	}
}
