// never returns from what the first await goes on with
// ends: TIMEOUT
// policy: {"wallMs": 200}
export default async () => {
	await null;
	while (true);
};
