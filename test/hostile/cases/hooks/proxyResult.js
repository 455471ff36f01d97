// returns a proxy that never tells its keys
// ends: TIMEOUT
// policy: {"wallMs": 200}
export default () =>
	new Proxy(
		{},
		{
			ownKeys() {
				while (true);
			},
		},
	);
