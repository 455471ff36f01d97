// never finishes loading
// ends: TIMEOUT or CPU_LIMIT
// policy: {"wallMs": 200}
// at: deploy
while (true);
export default () => 1;
