// Mistakes with messages, claims, blame, and with what the broker lost.
import type {Mutation} from './mutation.ts';

const innocent = 'bystander ended by DELIVERY_LIMIT';

export const brokerMutations: readonly Mutation[] = [
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
		finds: innocent,
	},
	{
		says: 'claims are answered from the cache',
		changes: 'claimStore=off',
		where: 'three',
		finds: 'claim granted for an attempt that is over',
	},
	{
		says: 'the inbox of a home that died is emptied once',
		changes: 'inboxKeep=off',
		where: 'stay',
		finds: 'messages left',
	},
	{says: 'what is published anew is not marked', changes: 'again=off', where: 'once', finds: 'livelock'},
	{
		says: 'an answer is matched by its attempt, not by its claim',
		changes: 'claimId=off',
		where: 'killer',
		finds: 'stuck',
	},
	{
		says: 'a claim is asked once',
		changes: 'claimAsk=off',
		where: 'mix',
		finds: 'unacked left',
		losses: true,
	},
	{
		says: 'a worker acks when its outcome is sent',
		changes: 'ackAfterConfirm=off',
		where: 'killer',
		finds: 'stuck',
	},
	{
		says: 'what a dead worker held is granted to run beside others',
		changes: 'solo=off',
		where: 'killer',
		finds: 'livelock',
	},
	{
		says: 'a worker that holds others gets a solo grant',
		changes: 'soloLock=off',
		where: 'killer',
		finds: innocent,
	},
	{
		says: 'every copy that comes back counts as a solo loss',
		changes: 'soloCopy=off',
		where: 'alone',
		finds: innocent,
	},
	{
		says: 'what the broker gives up is dead',
		changes: 'deadJudge=kill',
		where: 'limit',
		finds: innocent,
	},
	{
		says: 'what the broker gives up is parked',
		changes: 'deadJudge=park',
		where: 'limit',
		finds: 'stuck',
	},
	{
		says: 'a solo loss that the broker tells of does not count',
		changes: 'deadCounts=off',
		where: 'once',
		finds: 'livelock',
	},
	{
		// Where no worker is up the queue of all has it, which counts by itself: so it does end, much later.
		says: 'what went with the mailbox of a worker does not count',
		changes: 'mailboxCounts=off',
		where: 'pushed killer',
		finds: 'livelock',
		losses: true,
		most: 600,
	},
	{
		says: 'what ran alone is a loss as soon as its worker is gone',
		changes: 'lossAtClaim=off',
		where: 'pushed late',
		finds: innocent,
		losses: true,
	},
	{
		says: 'what takes its node down does not count',
		changes: 'localCounts=off',
		where: 'bomb',
		finds: 'livelock',
	},
	{
		says: 'a submission that the broker gives up is parked',
		changes: 'intakeDead=park',
		where: 'once',
		finds: 'lost',
	},
	{
		says: 'nobody looks for what the broker lost',
		changes: 'audit=off',
		where: 'mix',
		finds: 'stuck',
		losses: true,
	},
	{
		says: 'each home looks only for what it placed itself since it started',
		changes: 'auditAll=off',
		where: 'mix',
		finds: 'stuck',
		losses: true,
	},
];
