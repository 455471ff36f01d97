// returns halves of characters, and keys that mean something elsewhere
// ends: ok
// results: [{"text": "\ud800 \u0000 \u2028", "__proto__x": 1, "constructor": {"prototype": 1}}]
export default () => ({text: '\ud800 \u0000 \u2028', __proto__x: 1, constructor: {prototype: 1}});
