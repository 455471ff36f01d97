/**
 * Whether a run has time for every case of what differs little from case to case: `npm run prove` runs the tests so
 * (`npm test -- --thorough`), a change before it lands does not.
 */
export const thoroughVariable = 'WARREN_TEST_THOROUGH';
export const isThorough = process.env[thoroughVariable] === '1';
