// keeps two promises waking each other
// ends: TIMEOUT
// policy: {"wallMs": 200}
export default async () => {
	const ping = async () => {
		for (;;) await Promise.all([null, Promise.race([1, 2])]);
	};
	await Promise.all([ping(), ping()]);
};
