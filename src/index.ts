// The package: a node inside your own program, and the client for one that is elsewhere.
export {type Failure, type FailureCode, failures} from '#actors/failure.ts';
export type {Policy} from '#actors/policy.ts';
export type {Answer, Api, Submission} from '#api/api.ts';
export type {BatchItem, ManyAnswer} from '#client/batch.ts';
export {type Bundle, BundleError, bundle} from '#client/bundle.ts';
export {
	type Client,
	type ClientOptions,
	createClient,
	type InvokeOptions,
	type ListQuery,
	type ManyOptions,
	type Returned,
} from '#client/client.ts';
export type {Context} from '#client/context.ts';
export {WarrenError} from '#client/error.ts';
export type {Mapped} from '#client/map.ts';
export type {Deploy, FunctionView} from '#contract/function.ts';
export type {Happening, Ledger, Status, WorkerView} from '#contract/status.ts';
export type {CancelReceipt, Log, Receipt, State, SubmitOptions, TaskView} from '#contract/task.ts';
export type {HttpOptions} from '#gateway/rest.ts';
export type {Feed} from '#observe/feed.ts';
export type {Ambient} from '#observe/observe.ts';
export {createWarren, type Role, type Warren, type WarrenOptions} from './warren.ts';
