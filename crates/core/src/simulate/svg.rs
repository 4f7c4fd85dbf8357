//! A trace as a picture: a lane for who leads, for quorum, writes and reads, and one for each pod that was ever Ready; a mark for each
//! step.

use std::fmt::Write;

use super::trace::{State, Trace};
use super::verdict::seconds;

const LABEL: u64 = 120;
const WIDTH: u64 = 840;
const LANE: u64 = 22;
const TOP: u64 = 64;
/// Told apart also by those who see no red or green (Okabe and Ito).
const COLOURS: [&str; 8] = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999"];

impl Trace {
    /// The run over time, as an SVG of its own.
    pub fn svg(&self) -> String {
        let mut pods: Vec<&String> = self.states.iter().flat_map(|state| &state.ready).collect();
        pods.sort_by_key(|name| (name.len(), name.as_str()));
        pods.dedup();
        let height = TOP + LANE * (4 + pods.len() as u64) + 40;
        let (width, title) = (LABEL + WIDTH + 20, escaped(&format!("{}: {}", self.scenario, self.verdict.in_words())));
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
             font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n<title>{title}</title>\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
             <text x=\"10\" y=\"20\" font-size=\"14\" font-weight=\"bold\">{title}</text>\n"
        );
        if let Some(cause) = &self.cause {
            let _ = writeln!(svg, "<text x=\"10\" y=\"38\">{}</text>", escaped(cause));
        }
        let colour = |name: &String| {
            let index = pods.iter().position(|pod| *pod == name).unwrap_or(pods.len());
            COLOURS[index % COLOURS.len()]
        };
        let plain = |holds: bool| holds.then(|| ("#4d4d4d", String::new()));
        self.lane(&mut svg, 0, "leader", |state| Some((colour(state.leader.as_ref()?), state.leader.clone()?)));
        self.lane(&mut svg, 1, "quorum", |state| plain(state.quorum));
        self.lane(&mut svg, 2, "writes", |state| plain(state.writes));
        self.lane(&mut svg, 3, "reads", |state| plain(state.reads));
        for (index, pod) in pods.iter().enumerate() {
            self.lane(&mut svg, 4 + index as u64, pod, |state| {
                state.ready.contains(pod).then(|| (colour(pod), "Ready".to_owned()))
            });
        }
        let bottom = height - 36;
        for event in self.events.iter().filter(|event| event.step) {
            let (x, pod) = (self.x(event.at), event.pod.as_deref().unwrap_or("all"));
            let text = escaped(&format!("{} {pod}: {}", seconds(event.at), event.text));
            let _ = writeln!(
                svg,
                "<line x1=\"{x}\" y1=\"{}\" x2=\"{x}\" y2=\"{bottom}\" stroke=\"#000000\" stroke-dasharray=\"2 3\"><title>{text}</title></line>",
                TOP - 8
            );
        }
        for part in 0..=4 {
            let at = self.lasts * part / 4;
            let (x, anchor) = (self.x(at), if part == 4 { "end" } else { "middle" });
            let _ =
                writeln!(svg, "<text x=\"{x}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>", height - 16, seconds(at));
        }
        svg.push_str("</svg>\n");
        svg
    }

    fn x(&self, at: u64) -> u64 {
        LABEL + (at * WIDTH).checked_div(self.lasts).unwrap_or_default().min(WIDTH)
    }

    /// A lane: where something holds, with its colour and name.
    fn lane<'a>(
        &'a self,
        svg: &mut String,
        row: u64,
        label: &str,
        holds: impl Fn(&'a State) -> Option<(&'a str, String)>,
    ) {
        let y = TOP + row * LANE;
        let _ = writeln!(svg, "<text x=\"10\" y=\"{}\">{}</text>", y + 14, escaped(label));
        let ends = self.states.iter().skip(1).map(|state| state.from).chain([self.lasts]);
        let mut spans: Vec<(u64, u64, (&str, String))> = Vec::new();
        for (state, end) in self.states.iter().zip(ends) {
            let Some(what) = holds(state) else { continue };
            match spans.last_mut() {
                Some((_, last, same)) if *last == state.from && *same == what => *last = end,
                _ => spans.push((state.from, end, what)),
            }
        }
        for (from, to, (colour, name)) in spans {
            let (x, width) = (self.x(from), (self.x(to) - self.x(from)).max(1));
            let title = escaped(&format!("{name} {} to {}", seconds(from), seconds(to)));
            let _ = writeln!(
                svg,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{}\" fill=\"{colour}\"><title>{}</title></rect>",
                LANE - 6,
                title.trim_start()
            );
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
