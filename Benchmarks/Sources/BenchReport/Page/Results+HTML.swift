extension Results {
    /// Returns a page that needs nothing but itself: the targets, charts, all figures, and
    /// `machine`, which says where and with which settings they were measured.
    public func html(title: String, machine: String) -> String {
        html(title: title, machine: machine, targets: Target.design)
    }

    /// Same, with the targets that are asked for.
    public func html(title: String, machine: String, targets: [Target]) -> String {
        let medians = medians()
        let groups = Group.all(medians)
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title)</title>
            <style>
            \(PageStyle.sheet)</style>
            </head>
            <body>
            <h1>\(title)</h1>
            <nav><a href="#targets">Targets</a> <a href="#charts">Charts</a> \
            <a href="#figures">Figures</a> <a href="#machine">Machine</a></nav>
            \(TargetSection(outcomes: outcomes(targets)).markup)\
            \(ChartSection(groups: groups).markup)\
            \(FigureSection(groups: groups).markup)\
            <section id="machine">
            <h2>Machine and settings</h2>
            <pre>\(machine)</pre>
            </section>
            </body>
            </html>

            """
        return page.source
    }
}
