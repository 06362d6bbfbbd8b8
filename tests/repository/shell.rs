//! Shell texts of documents, as commands of words: as much of the grammar as documents need.

/// The commands of a text: between newlines, `|`, `&&`, `||` and `;`, without comments, redirections and variables set before them.
pub(crate) fn commands(text: &str) -> Vec<Vec<String>> {
    let mut commands = Vec::new();
    let mut reader = Reader::default();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match (reader.quote, c) {
            (Some(quote), c) if c == quote => reader.quote = None,
            (Some(_), c) => reader.push(c),
            (None, '\'' | '"') => reader.open(c),
            (None, '\\') => match characters.next() {
                Some('\n') | None => reader.end_word(),
                Some(escaped) => reader.push(escaped),
            },
            (None, '#') if reader.word.is_none() => while characters.next_if(|c| *c != '\n').is_some() {},
            (None, '\n' | ';' | '|' | '&') => reader.end_command(&mut commands),
            (None, c) if c.is_whitespace() => reader.end_word(),
            (None, c) => reader.push(c),
        }
    }
    reader.end_command(&mut commands);
    commands
}

#[derive(Default)]
struct Reader {
    quote: Option<char>,
    word: Option<String>,
    words: Vec<String>,
}

impl Reader {
    fn open(&mut self, quote: char) {
        self.quote = Some(quote);
        self.word.get_or_insert_default();
    }

    fn push(&mut self, c: char) {
        self.word.get_or_insert_default().push(c);
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }

    fn end_command(&mut self, commands: &mut Vec<Vec<String>>) {
        self.end_word();
        let mut words = std::mem::take(&mut self.words);
        while let Some(at) = words
            .iter()
            .position(|word| word.starts_with('>') || word.starts_with('<'))
        {
            let with_target = words[at].trim_start_matches(['>', '<']).is_empty();
            words.drain(at..(at + 1 + usize::from(with_target)).min(words.len()));
        }
        let set = words
            .iter()
            .take_while(|word| word.split_once('=').is_some_and(|(name, _)| is_name(name)))
            .count();
        words.drain(..set);
        if !words.is_empty() {
            commands.push(words);
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_uppercase() || c == '_')
}

#[test]
fn commands_are_found_in_scripts() {
    let text = "# all\nmig list --region us-east-1 > imports.tf\nA=1 mig render 'x y.yaml' | kubectl apply \\\n  -f - # now\n\
                kubectl run a --overrides='{\"a\":\n1}' && make test\n";
    assert_eq!(
        commands(text),
        [
            vec!["mig", "list", "--region", "us-east-1"],
            vec!["mig", "render", "x y.yaml"],
            vec!["kubectl", "apply", "-f", "-"],
            vec!["kubectl", "run", "a", "--overrides={\"a\":\n1}"],
            vec!["make", "test"],
        ]
    );
}
