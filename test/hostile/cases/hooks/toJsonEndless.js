// returns what becomes itself again and again as JSON
// ends: RESULT_NOT_SERIALIZABLE or TIMEOUT or MEMORY_LIMIT
// policy: {"wallMs": 1000}
class Matryoshka {
	toJSON() {
		return {inner: new Matryoshka()};
	}
}
export default () => new Matryoshka();
