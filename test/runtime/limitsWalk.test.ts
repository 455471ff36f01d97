// Random walks of two servers on one store, one of which may die: never are more attempts of a function
// placed than its limit says, and everything ends.
import test from 'ava';
import fc from 'fast-check';
import {isTerminal} from '#actors/task.ts';
import type {TaskRow} from '#store/store.ts';
import {must, type Server, submission, type World, world} from './world.ts';

const backoff = {baseMs: 100, factor: 1, maxMs: 100};
const policyOf = (concurrency: number) => ({concurrency, maxAttempts: 2, backoff});

const at = fc.constantFrom<0 | 1>(0, 1);
const step = fc.record({
	/** Whether all is quiet before the next step. */
	calm: fc.boolean(),
	what: fc.oneof(
		{
			weight: 4,
			arbitrary: fc.record({do: fc.constant('submit' as const), at, count: fc.integer({min: 1, max: 5})}),
		},
		{
			weight: 6,
			arbitrary: fc.record({do: fc.constantFrom('succeed' as const, 'fail' as const), nth: fc.nat(9)}),
		},
		{weight: 2, arbitrary: fc.record({do: fc.constantFrom('pause' as const, 'resume' as const), at})},
		{
			weight: 2,
			arbitrary: fc.record({do: fc.constant('deploy' as const), at, limit: fc.integer({min: 1, max: 4})}),
		},
		{weight: 1, arbitrary: fc.record({do: fc.constant('redrive' as const), at})},
		{
			weight: 2,
			arbitrary: fc.record({do: fc.constant('wait' as const), ms: fc.constantFrom(100, 700, 2500)}),
		},
		{weight: 1, arbitrary: fc.record({do: fc.constant('die' as const)})},
	),
});
type What = Parameters<Parameters<typeof step.map>[0]>[0]['what'];

const isPlaced = (row: TaskRow) => row.state === 'queued' && row.placed;

class Walk {
	readonly wrong: string[] = [];
	readonly #all: World;
	readonly #servers: readonly [Server, Server];
	readonly #hand: Awaited<ReturnType<World['worker']>>;
	/** More may be placed than the limit says while what was placed under an earlier one goes on. */
	#ceiling = 2;
	#limit = 2;

	static async begin(all: World): Promise<Walk> {
		const one = await all.server({id: 'n1', durable: true, window: 6});
		const two = await all.server({id: 'n2', durable: true, window: 6});
		await one.deploy('mail', policyOf(2));
		await all.quiet();
		const walk = new Walk(all, [one, two], await all.worker({slots: 3}));
		// Before each call of the store the last commit, whoever's it was, is looked at.
		for (const {mishaps} of [one, two]) {
			mishaps.store = () => {
				void walk.look();
				return undefined;
			};
		}
		return walk;
	}

	private constructor(
		all: World,
		servers: readonly [Server, Server],
		hand: Awaited<ReturnType<World['worker']>>,
	) {
		this.#all = all;
		this.#servers = servers;
		this.#hand = hand;
	}

	get #inside() {
		return this.#hand.runs.all.filter(run => !run.over);
	}

	#server(nth: 0 | 1): Server {
		const server = this.#servers[nth];
		return server.life.alive ? server : this.#servers[1];
	}

	async look(): Promise<void> {
		const count = (await this.#all.rows()).filter(isPlaced).length;
		if (count > this.#ceiling) this.wrong.push(`${count} are placed, at most ${this.#ceiling} may be`);
		this.#ceiling = Math.max(this.#limit, Math.min(this.#ceiling, count));
	}

	async take(what: What): Promise<void> {
		switch (what.do) {
			case 'submit':
				await this.#server(what.at).api.submit(
					Array.from({length: what.count}, (_, n) => submission('mail', n)),
				);
				return;
			case 'succeed':
			case 'fail': {
				const run = this.#inside[what.nth % Math.max(1, this.#inside.length)];
				if (what.do === 'fail') run?.fail('FUNCTION_THREW');
				else run?.succeed();
				return;
			}
			case 'pause':
			case 'resume':
				await this.#server(what.at).api[what.do]('mail');
				return;
			case 'deploy':
				// What another server places until it has heard of it is placed under the limit before.
				this.#ceiling = Math.max(this.#ceiling, this.#limit, what.limit);
				this.#limit = Math.max(this.#limit, what.limit);
				await this.#server(what.at).deploy('mail', policyOf(what.limit));
				await this.#all.quiet();
				this.#limit = must(await this.#server(what.at).api.function('mail')).policy?.concurrency ?? 0;
				return;
			case 'redrive': {
				const dead = (await this.#all.rows()).find(({state}) => state === 'dead');
				if (dead) await this.#server(what.at).api.redrive(dead.id);
				return;
			}
			case 'wait':
				this.#all.clock.advance(what.ms);
				return;
			case 'die':
				this.#servers[0].life.die();
		}
	}

	/** Whatever runs is ended, until all is over. */
	async end(): Promise<void> {
		const two = this.#servers[1];
		await this.#all.quiet();
		void two.api.resume('mail');
		for (let n = 0; n < 150; n++) {
			await this.#all.quiet();
			await this.look();
			if ((await this.#all.rows()).every(({state}) => isTerminal(state))) return;
			for (const run of this.#inside) run.succeed();
			this.#all.clock.advance(500);
		}
		const left = (await this.#all.rows()).filter(({state}) => !isTerminal(state));
		this.wrong.push(
			`${left.length} tasks do not end: ${left.map(row => `${row.state} ${row.placed}`).join()}`,
		);
	}
}

test('whatever comes in whatever order, no more are placed than may run, and everything ends', async t => {
	const walks = fc.asyncProperty(fc.array(step, {minLength: 5, maxLength: 40}), async steps => {
		const all = await world(t, {shared: true});
		const walk = await Walk.begin(all);
		for (const {what, calm} of steps) {
			const taken = walk.take(what).catch(() => {});
			// Another limit is in force everywhere once it is told.
			if (what.do === 'deploy') await all.until(taken);
			else if (calm) await all.quiet();
		}
		await walk.end();
		if (walk.wrong.length > 0) throw new Error(walk.wrong.join('; '));
	});
	await t.notThrowsAsync(fc.assert(walks, {numRuns: 40, includeErrorInReport: true}));
});
