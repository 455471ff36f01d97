// Never returns. Warren stops it: at its limit, or when it is cancelled.
export default function endless() {
	for (;;);
}
