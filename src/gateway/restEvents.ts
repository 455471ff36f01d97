// Server-sent events from the feed. Nothing is kept for a listener: it hears what happens while it
// listens, and one that reads slower than things happen is cut off rather than buffered without end.
import type {ServerResponse} from 'node:http';
import type {FastifyReply} from 'fastify';
import {isTerminal, type TaskState} from '#actors/task.ts';
import type {Api} from '#api/api.ts';
import {EventQuerySchema, TaskParamsSchema} from '#contract/query.ts';
import {type Happening, HappeningSchema} from '#contract/status.ts';
import type {TaskView} from '#contract/task.ts';
import type {Clock} from '#lib/clock.ts';
import type {Feed} from '#observe/feed.ts';
import {unwrap} from './restProblem.ts';
import {type App, problems, refer, type Schemas} from './restSchema.ts';
import type {Waits} from './restWait.ts';

export type EventDoor = {
	readonly api: Api;
	readonly feed: Feed;
	readonly clock: Clock;
	readonly waits: Waits;
};

const stream = {
	description: 'Events named `<actor>.<state>`, whose data is a happening',
	content: {'text/event-stream': {schema: refer(HappeningSchema)}},
};

/** docs/decisions/0004. */
const lossy =
	'what happens within a second after the first one has begun to listen at this server may be left out, what is lost ' +
	'on its way through the broker is not told again, and a server with `events.enabled: false` tells nothing';

const schemas = {
	all: {
		operationId: 'listen',
		scope: 'read',
		tags: ['events'],
		summary: 'What happens from now on',
		description: `Of what other servers do: ${lossy}.`,
		querystring: EventQuerySchema,
		response: {200: stream, ...problems(400, 503)},
	},
	task: {
		operationId: 'listenToTask',
		scope: 'read',
		tags: ['events'],
		summary: 'What happens to a task: its state now, then every further one until it has ended',
		description:
			`Its state now and its end are always told. Of what another server does to it in between: ${lossy}. ` +
			'`GET /v1/tasks/{id}/history` has every step.',
		params: TaskParamsSchema,
		response: {200: stream, ...problems(404, 503)},
	},
} satisfies Schemas;

export function eventRoutes(app: App, door: EventDoor): void {
	app.get('/v1/events', {schema: schemas.all, exposeHeadRoute: false}, ({query}, reply) => {
		const writer = openStream(reply, door);
		writer.follow(happening => {
			const fits = (['actor', 'group', 'state'] as const).every(
				name => query[name] === undefined || query[name] === happening[name],
			);
			if (fits) writer.write(happening);
		});
	});
	app.get(
		'/v1/tasks/:id/events',
		{schema: schemas.task, exposeHeadRoute: false},
		async ({params: {id}}, reply) => {
			// Heard from before the look at the row, so that no change falls in between; what the row shows
			// already is told once.
			const early: Happening[] = [];
			const off = door.feed.listen(happening => void early.push(happening));
			try {
				const view = unwrap(await door.api.inspect(id), id);
				const tell = tellTask(openStream(reply, door), view, early);
				// Its end may be another server's commit, and events may be lost on their way here.
				const gone = new AbortController();
				reply.raw.once('close', () => gone.abort());
				void door.api.await(id, longestMs, gone.signal).then(answer => {
					if (answer.ok && isTerminal(answer.value.state)) tell(happeningOf(answer.value));
				});
			} finally {
				off();
			}
		},
	);
}

/** Returns what tells the stream of a happening; nothing after its end. */
function tellTask(
	writer: EventStream,
	view: TaskView,
	early: readonly Happening[],
): (happening: Happening) => void {
	const tell = (happening: Happening) => {
		if (happening.actor !== 'task' || happening.id !== view.id) return;
		writer.write(happening);
		if (isTerminal(happening.state as TaskState)) writer.end();
	};
	tell(happeningOf(view));
	const known = early.findLastIndex(
		({id, state, attempt}) => id === view.id && state === view.state && attempt === view.attempt,
	);
	for (const happening of early.slice(known + 1)) tell(happening);
	writer.follow(tell);
	return tell;
}

function happeningOf({id, function: group, state, attempt, failure, updatedAt}: TaskView): Happening {
	return {actor: 'task', id, group, state, attempt, ...(failure && {code: failure.code}), at: updatedAt};
}

type EventStream = {
	write(happening: Happening): void;
	/** Listens to the feed until the stream ends. */
	follow(listener: (happening: Happening) => void): void;
	end(): void;
};

/** The longest that a timer waits. */
const longestMs = 2 ** 31 - 1;
/** A comment this often keeps proxies from closing a quiet stream. */
const beatMs = 15_000;
/** What a listener may leave unread. */
const mostUnreadBytes = 1024 * 1024;

function openStream(reply: FastifyReply, {feed, clock, waits}: EventDoor): EventStream {
	reply.hijack();
	const response = reply.raw;
	let ended = false;
	let offFeed = () => {};
	let offBeat = () => {};
	const end = () => {
		if (ended) return;
		ended = true;
		offFeed();
		offBeat();
		done();
		response.end();
	};
	const beat = () => {
		response.write(':\n\n');
		offBeat = clock.after(beatMs, beat);
	};
	let done = () => {};
	response.writeHead(200, headers);
	response.write(':\n\n');
	offBeat = clock.after(beatMs, beat);
	done = waits.begin(reply, end);
	return {
		end,
		write(happening) {
			if (ended) return;
			writeEvent(response, happening);
			if (response.writableLength > mostUnreadBytes) response.destroy();
		},
		follow(listener) {
			if (!ended) offFeed = feed.listen(listener);
		},
	};
}

const headers = {
	'content-type': 'text/event-stream',
	'cache-control': 'no-store',
	'x-accel-buffering': 'no',
	// A stream that ends has nothing to follow: a closing door need not wait for its connection.
	connection: 'close',
};

function writeEvent(response: ServerResponse, happening: Happening): void {
	response.write(`event: ${happening.actor}.${happening.state}\ndata: ${JSON.stringify(happening)}\n\n`);
}
