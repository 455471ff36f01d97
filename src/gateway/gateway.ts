/**
 * The doors of a node: whatever comes from outside comes in here, and meets the use cases of `api`.
 *
 * - A door decides nothing: it checks the form of what came, calls one verb, and says the answer in
 *   its own language (HTTP here in `rest.ts`, AMQP in `amqp.ts`).
 * - Inputs and results pass as the bytes they are.
 * - What was taken is told only after the verb has answered, so after the commit (R3).
 * - `stop` takes nothing new, finishes what is in hand, and may be asked twice.
 */
export type Door = {
	/** Takes requests from now on; says where it is reached. */
	listen(): Promise<string>;
	stop(): Promise<void>;
};
