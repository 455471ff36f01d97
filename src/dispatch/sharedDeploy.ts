import type {Peer} from './peer.ts';

/** Many attempts of one version may find at a time that an area lacks it: it is sent there once. */
export function sharedDeploy(peer: Peer): Peer['deploy'] {
	const under = new Map<string, ReturnType<Peer['deploy']>>();
	return (build, signal) => {
		const known = under.get(build.digest);
		if (known) return known;
		const deploying = peer.deploy(build, signal).finally(() => under.delete(build.digest));
		under.set(build.digest, deploying);
		return deploying;
	};
}
