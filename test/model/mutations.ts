// Plausible mistakes, by rule: what the checker must find when a rule is off. If one of these goes
// unnoticed, "nothing found" says nothing.
import {type Rules, rules} from './rules.ts';

export type Mutation = {
	readonly says: string;
	/** `stamp=off,acted=sent`. */
	readonly changes: string;
	/** One of the walked configurations. */
	readonly where: string;
	/** The kind of violation, as `kindOf` names it. */
	readonly finds: string;
	/** Only what comes of it counts, not the watermark itself. */
	readonly endsOnly?: boolean;
};

const orphan = 'watermark over an open effect';

export const mutations: readonly Mutation[] = [
	{
		says: 'effects count when sent, not when confirmed',
		changes: 'acted=sent',
		where: 'restarts',
		finds: orphan,
	},
	{
		says: 'effects count when sent, so a dispatch is lost with the wire',
		changes: 'acted=sent',
		where: 'restarts',
		finds: 'stuck',
		endsOnly: true,
	},
	{says: 'the watermark is the last commit', changes: 'acted=committed', where: 'mix', finds: orphan},
	{
		says: 'the watermark is the last commit, so a reply is lost',
		changes: 'acted=committed',
		where: 'embedded',
		finds: 'reply never sent',
		endsOnly: true,
	},
	{says: 'the watermark moves during redo', changes: 'hold=none', where: 'restarts', finds: orphan},
	{
		says: 'the watermark moves during redo, so a second crash strands a task',
		changes: 'hold=none',
		where: 'restarts',
		finds: 'stuck',
		endsOnly: true,
	},
	{
		says: 'redo commits each row, and the watermark moves meanwhile',
		changes: 'redo=commit,hold=none',
		where: 'restarts',
		finds: 'stuck',
		endsOnly: true,
	},
	{says: 'a start does not redo', changes: 'redo=none', where: 'restarts', finds: 'stuck', endsOnly: true},
	{
		says: 'a start redoes open tasks only',
		changes: 'redoEnds=off',
		where: 'restarts',
		finds: 'reply never sent',
		endsOnly: true,
	},
	{
		says: 'a start redoes the rows of the last epoch only',
		changes: 'redoAllEpochs=off',
		where: 'restarts',
		finds: 'stuck',
		endsOnly: true,
	},
	{
		says: 'a commit without an answer does not hold the watermark',
		changes: 'pinUnknown=off',
		where: 'restarts',
		finds: orphan,
	},
	{
		says: 'a commit in progress does not hold the watermark',
		changes: 'pinFlying=off',
		where: 'restarts',
		finds: orphan,
	},
	{
		says: 'a commit in progress does not hold the watermark, so a task is stranded',
		changes: 'pinFlying=off',
		where: 'restarts',
		finds: 'stuck',
		endsOnly: true,
	},
	{
		says: 'commit numbers start anew with each epoch',
		changes: 'seqGoesOn=off',
		where: 'restarts',
		finds: 'watermark went back',
	},
	{says: 'an older epoch may commit', changes: 'fence=off', where: 'window', finds: orphan},
	{says: 'an adopter leaves the row as it is', changes: 'adoptCommits=off', where: 'stay', finds: 'livelock'},
	{
		says: 'a redrive does not look at what the end owes',
		changes: 'endFirst=off',
		where: 'restarts',
		finds: 'reply never sent',
	},
	{
		says: 'a broker that died with its node is trusted with what was confirmed',
		changes: 'redoPlaced=off',
		where: 'embedded',
		finds: 'stuck',
	},
	{
		says: 'one row that is done stands for its whole group',
		changes: 'judgeEach=off',
		where: 'verbs',
		finds: 'reply without a commit',
	},
	{
		says: 'a dropped expiry fires again',
		changes: 'timerInRow=off',
		where: 'three',
		finds: 'timer fired twice',
	},
	{
		says: 'a timer that was read before it was deleted still fires',
		changes: 'timerInRow=off',
		where: 'window',
		finds: 'deleted timer fired',
	},
	{
		says: 'a message is acked when the first of its items is through',
		changes: 'ackWhole=off',
		where: 'restarts',
		finds: 'stuck',
	},
	{
		says: 'a claim that comes twice is a loss',
		changes: 'soloHolder=off',
		where: 'alone',
		finds: 'bystander ended by DELIVERY_LIMIT',
	},
	{
		says: 'effects of an unknown commit are forgotten',
		changes: 'rederive=off',
		where: 'window',
		finds: 'stuck',
	},
	{
		says: 'the revision is not checked',
		changes: 'revision=off',
		where: 'three',
		finds: 'terminal state changed',
	},
	{
		says: 'claims are answered from the cache',
		changes: 'claimStore=off',
		where: 'three',
		finds: 'claim granted for an attempt that is over',
	},
	{
		says: 'a redrive starts at attempt 1',
		changes: 'monotone=off',
		where: 'verbs',
		finds: 'two outcomes taken',
	},
	{says: 'a timer is taken, then fired', changes: 'timerAtomic=off', where: 'three', finds: 'stuck'},
];

export function withRules(changes: string): Rules {
	const changed: Record<string, unknown> = {...rules};
	for (const change of changes.split(',').filter(Boolean)) {
		const [name = '', value = 'off'] = change.split('=');
		if (!(name in rules)) throw new Error(`expected the name of a rule, got "${name}"`);
		changed[name] = typeof changed[name] === 'boolean' ? value === 'on' : value;
	}
	return changed as Rules;
}
