use rqchart_core::{release::*, rules, schema, topology::Topology};
fn main() {
    let j: serde_json::Value = serde_json::from_str(&std::env::args().nth(1).unwrap_or("{}".into())).unwrap();
    let chart = rqchart::Chart::embedded();
    let release = Release::new("rqdb", "default", chart.info().clone(), KubeVersion::DEFAULT).unwrap();
    let t = Topology::resolve(
        schema::validate(&j).unwrap_or_else(|e| {
            for d in e {
                eprintln!("{d}")
            }
            std::process::exit(1)
        }),
        &release,
    );
    for d in rules::check(&t) {
        eprintln!("{d}")
    }
    let r = rqchart::Renderer::new(&chart).unwrap_or_else(|e| panic!("{e}"));
    for d in r.render(&rqchart::context::build(&t, &chart)).unwrap_or_else(|e| panic!("{e}")) {
        println!("---\n# Source: rqlite/{}\n{}", d.template, d.text)
    }
}
