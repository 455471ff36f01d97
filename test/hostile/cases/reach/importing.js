// imports at run time
// says: Not supported
// ends: FUNCTION_THREW
export default async () => (await import(`node:${'fs'}`)).readFileSync('/etc/hostname', 'utf8');
