// brings a source map whose names are megabytes long, and throws at as many places as it can
// ends: FUNCTION_THREW
// repeat: {"LONG": ["YWFh", 400000]}
export default () => {
	const error = new Error('look');
	const place = /file:\S+\/index\.js:\d+:\d+/.exec(error.stack)?.[0] ?? 'file:///fn/x/index.js:1:1';
	error.stack = `Error\n${`    at ${place}\n`.repeat(300)}`;
	throw error;
};
//# sourceMappingURL=data:application/json;base64,eyAgInZlcnNpb24iOjMsIm5hbWVzIjpbXSwibWFwcGluZ3MiOiJBQUFBO0FBQ0E7QUFDQTtBQUNBO0FBQ0E7QUFDQTtBQUNBO0FBQ0E7QUFDQSIsInNvdXJjZXMiOlsi~LONG~Il19
