//! The pipeline's steps by their numbers, and what people call them. DOMAIN 3.12, reading 5.34: a fixed order, of which each
//! project type has some.

/// Number and name, in the pipeline's order.
const STAGES: [(&str, &str); 21] = [
    ("1", "Brief"),
    ("2", "Narrative"),
    ("3", "Beats"),
    ("4", "Scene scripts"),
    ("5", "Stock images"),
    ("5b", "Images"),
    ("5c", "Supplied images"),
    ("6", "Image checks"),
    ("7", "Image selection"),
    ("8", "Voiceover"),
    ("9", "Soundtrack"),
    ("10", "Video composition"),
    ("10b", "Video composition, second provider"),
    ("10c", "Avatar animation"),
    ("10d", "Video composition, third provider"),
    ("11", "Platform variants"),
    ("12", "SEO texts"),
    ("13", "Attribution"),
    ("14", "Packaging"),
    ("14a", "Captions"),
    ("15", "Final checks"),
];

/// What people call a step of this number; none where the number is not the pipeline's.
#[must_use]
pub fn title(stage: &str) -> Option<&'static str> {
    STAGES.into_iter().find(|(number, _)| *number == stage).map(|(_, title)| title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_5_34_a_step_is_known_by_its_number() {
        assert_eq!(
            [title("5b"), title("10"), title("16"), title("")],
            [Some("Images"), Some("Video composition"), None, None]
        );
    }
}
