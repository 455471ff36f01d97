// is code that is nested deeper than can be parsed
// ends: BUILD_FAILED
// repeat: {"OPEN": ["(", 30000], "CLOSE": [")", 30000]}
// at: deploy
export default () => ~OPEN~1~CLOSE~;
