"""What Kubernetes does to pods, done to three replicas behind a real proxy while answers are streamed."""
