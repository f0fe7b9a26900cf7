/// The classic warning before an expert-level command.
enum ExpertWarning {
    static let lines = [
        "",
        "WARNING: This is an expert-level command:",
        "Incorrect use may cause data corruption",
        "or make the cluster unavailable.",
        "",
    ]
    static let question = "Do you want to continue? (y/n)> "
}
