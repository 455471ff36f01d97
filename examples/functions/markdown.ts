// Markdown to HTML and an outline of its headings. A real npm package, bundled where it is written.
import {marked, type Tokens} from 'marked';

type Input = {readonly name: string; readonly text: string};

export default async function markdown({name, text}: Input) {
	const tokens = marked.lexer(text);
	const headings = tokens.filter((token): token is Tokens.Heading => token.type === 'heading');
	return {
		name,
		html: marked.parser(tokens),
		outline: headings.map(({depth, text: title}) => ({depth, title})),
	};
}
