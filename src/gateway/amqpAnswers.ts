// What the AMQP door answers by itself: rejections, and receipts of cancels. Whoever asked chose the address, and
// it may take its answer late, or never; nobody else waits for that. So that they do not pile up without end
// either, there is a bound.
import type {Ambient} from '#observe/observe.ts';
import type {Replies} from '#runtime/replies.ts';

/** Each is small. What is given up was parked, or can be asked for. */
const mostOpen = 10_000;

/** Never rejects: who has asked can't be told anything else. */
export function createAnswers({log, metrics}: Ambient, send: Replies): Replies {
	let open = 0;
	return async message => {
		if (open >= mostOpen) {
			metrics.givenUp.inc({why: 'crowded'});
			log.warn({address: message.key, why: 'crowded'}, 'an answer was given up');
			return;
		}
		open++;
		try {
			await send(message);
		} catch (error) {
			log.error({err: error, address: message.key}, 'an answer could not be sent');
		} finally {
			open--;
		}
	};
}
