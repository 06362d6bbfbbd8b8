# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_mig_global_optspecs
    string join \n h/help V/version
end

function __fish_mig_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_mig_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_mig_using_subcommand
    set -l cmd (__fish_mig_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c mig -n "__fish_mig_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mig -n "__fish_mig_needs_command" -s V -l version -d 'Print version'
complete -c mig -n "__fish_mig_needs_command" -f -a "schema" -d 'Print the provider\'s schema as JSON'
complete -c mig -n "__fish_mig_needs_command" -f -a "render" -d 'Print Kubernetes objects of layouts as YAML, for Argo CD, Flux or `kubectl apply --server-side -f -`'
complete -c mig -n "__fish_mig_needs_command" -f -a "validate" -d 'Say whether layouts can be made, and what follows from them'
complete -c mig -n "__fish_mig_needs_command" -f -a "picture" -d 'Draw where the slices of each GPU lie, as text or as SVG'
complete -c mig -n "__fish_mig_needs_command" -f -a "drift" -d 'Report what has drifted from what was declared: plan, AWS and the slices that nodes really have. Changes nothing'
complete -c mig -n "__fish_mig_needs_command" -f -a "list" -d 'Print import blocks for objects that exist: templates, node groups and Karpenter\'s objects of ours. Changes nothing'
complete -c mig -n "__fish_mig_using_subcommand schema" -s h -l help -d 'Print help'
complete -c mig -n "__fish_mig_using_subcommand render" -s h -l help -d 'Print help'
complete -c mig -n "__fish_mig_using_subcommand validate" -l format -d 'How the answer is written' -r -f -a "text\t''
json\t''"
complete -c mig -n "__fish_mig_using_subcommand validate" -s h -l help -d 'Print help'
complete -c mig -n "__fish_mig_using_subcommand picture" -l format -d 'Text for a terminal, or an SVG document' -r -f -a "text\t''
svg\t''"
complete -c mig -n "__fish_mig_using_subcommand picture" -s h -l help -d 'Print help'
complete -c mig -n "__fish_mig_using_subcommand drift" -l layout -d 'File in YAML or JSON with the attributes of data.mig_layout, or with a list of them under `layouts`: what nodes should have. May be given several times' -r -F
complete -c mig -n "__fish_mig_using_subcommand drift" -l plan -d 'Plan as JSON, as `terraform show -json` writes it; - for standard input' -r -F
complete -c mig -n "__fish_mig_using_subcommand drift" -l directory -d 'Directory of a configuration that is initialised; it is planned, and nothing is changed' -r -F
complete -c mig -n "__fish_mig_using_subcommand drift" -l program -d 'Program that plans the directory' -r -F
complete -c mig -n "__fish_mig_using_subcommand drift" -l cluster -d 'EKS cluster to look at, as NAME or NAME@REGION. May be given several times' -r
complete -c mig -n "__fish_mig_using_subcommand drift" -l context -d 'Context of a kubeconfig to look at. May be given several times' -r
complete -c mig -n "__fish_mig_using_subcommand drift" -l kubeconfig -d 'Kubeconfig of the contexts; KUBECONFIG or ~/.kube/config if left out' -r -F
complete -c mig -n "__fish_mig_using_subcommand drift" -l format -d 'How the report is written' -r -f -a "text\t''
json\t''
junit\t''
sarif\t''
markdown\t''"
complete -c mig -n "__fish_mig_using_subcommand drift" -l output -d 'File that the report is written to, instead of standard output' -r -F
complete -c mig -n "__fish_mig_using_subcommand drift" -l ignore -d 'File in YAML or JSON with rules of what to leave out, each with a reason' -r -F
complete -c mig -n "__fish_mig_using_subcommand drift" -l baseline -d 'Earlier report in JSON, whose findings do not count again' -r -F
complete -c mig -n "__fish_mig_using_subcommand drift" -l boot-timeout -d 'How long a node may take until its slices show' -r
complete -c mig -n "__fish_mig_using_subcommand drift" -l strict -d 'End with 3 where something could not be checked'
complete -c mig -n "__fish_mig_using_subcommand drift" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mig -n "__fish_mig_using_subcommand list" -l region -d 'AWS region; that of the environment if left out' -r
complete -c mig -n "__fish_mig_using_subcommand list" -l cluster -d 'EKS cluster to look in, as NAME or NAME@REGION; for node groups all clusters of the region if left out. May be given several times' -r
complete -c mig -n "__fish_mig_using_subcommand list" -l context -d 'Context of a kubeconfig to look in. The IDs name no cluster then: the import needs it as `kubernetes` of the provider block' -r
complete -c mig -n "__fish_mig_using_subcommand list" -l kubeconfig -d 'Kubeconfig of the context; KUBECONFIG or ~/.kube/config if left out' -r -F
complete -c mig -n "__fish_mig_using_subcommand list" -l provider -d 'Provider that the blocks name, such as mig or mig.west. Terraform 1.16.0 to 1.16.2 need one while they generate a configuration' -r
complete -c mig -n "__fish_mig_using_subcommand list" -l format -d 'How the blocks are written; json is for a file that ends in .tf.json' -r -f -a "hcl\t''
json\t''"
complete -c mig -n "__fish_mig_using_subcommand list" -l all -d 'Also list objects that were not made with this provider'
complete -c mig -n "__fish_mig_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
