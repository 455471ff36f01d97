// The fixed version of `broken.ts`.
type Input = {readonly customer: {readonly name?: string}};

export default function greet({customer}: Input) {
	return `Hello ${(customer.name ?? 'stranger').toUpperCase()}`;
}
