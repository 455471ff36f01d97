// counts its calls where every call has a sandbox of its own
// inputs: [1, 2, 3]
// ends: ok
// policy: {"isolation": "fresh"}
// results: [1, 1, 1]
let calls = 0;
export default () => ++calls;
