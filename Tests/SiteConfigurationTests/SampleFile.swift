/// The example of the classic manual, as an operator has it.
let classicFile = """
    [defaults]
    user=tungsten
    install-directory=/opt/continuent
    replication-user=tungsten
    replication-password=secret
    replication-port=13306
    profile-script=~/.bashrc
    application-user=app_user
    application-password=secret
    application-port=3306
    skip-validation-check=MySQLPermissionsCheck
    rest-api-admin-user=apiuser
    rest-api-admin-password=secret
    connector-rest-api-address=0.0.0.0
    manager-rest-api-address=0.0.0.0
    replicator-rest-api-address=0.0.0.0

    [defaults.replicator]
    home-directory=/opt/replicator
    thl-port=2113
    rmi-port=10002
    executable-prefix=mm
    replicator-rest-api-port=28097
    property=replicator.prometheus.exporter.port=28091

    [east]
    topology=clustered
    connectors=east1,east2,east3
    master=east1
    members=east1,east2,east3

    [west]
    topology=clustered
    connectors=west1,west2,west3
    master=west1
    members=west1,west2,west3

    [east_west]
    topology=cluster-slave
    master-dataservice=east
    slave-dataservice=west

    [west_east]
    topology=cluster-slave
    master-dataservice=west
    slave-dataservice=east
    """

/// `classicFile` with one line replaced by others.
func file(replacing line: String, with other: String) -> String {
    let lines = classicFile.split(separator: "\n", omittingEmptySubsequences: false)
    guard let index = lines.firstIndex(where: { $0 == line }) else { return "no line '\(line)'" }
    return (lines[..<index].map(String.init) + [other] + lines[(index + 1)...].map(String.init))
        .joined(separator: "\n")
}
