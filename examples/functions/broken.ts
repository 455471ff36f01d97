// Reads a field that is not there: every task dies until a fixed version is deployed.
type Input = {readonly customer: {readonly name?: string}};

export default function greet({customer}: Input) {
	return `Hello ${(customer.name as string).toUpperCase()}`;
}
